"""HTML becomes text and entities as the real server makes them."""

import pytest

from sandbox.entities import trimmed, with_found
from sandbox.html import read_html


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>a</b>", "a", ["bold 0+1"]),
        ("<strong>a</strong><em>b</em>", "ab", ["bold 0+1", "italic 1+1"]),
        ("<u>a</u><ins>b</ins>", "ab", ["underline 0+2"]),
        ("<s>a</s> <strike>b</strike> <del>c</del>", "a b c", [
            "strikethrough 0+1", "strikethrough 2+1", "strikethrough 4+1",
        ]),
        ("<B>a</B >", "a", ["bold 0+1"]),
        ("<b>a</>", "a", ["bold 0+1"]),
        ("😀<b>😀</b>", "😀😀", ["bold 2+2"]),
        ("&lt;b&gt; &amp; &quot;x&quot;", '<b> & "x"', []),
        ("&#1587;&#x6CC; &nbsp; & &lt", "سی &nbsp; & <", []),
        ("<b>a<i>b</i></b>", "ab", ["bold 0+2", "italic 1+1"]),
        ("<i><b>ab</b></i>", "ab", ["bold 0+2", "italic 0+2"]),
        ("<b></b>a", "a", []),
        ('<a href="https://example.com/?a=1&amp;b=2">x</a>', "x", [
            "text_link 0+1 https://example.com/?a=1&b=2",
        ]),
        ('<a href="example.com">x</a>', "x", ["text_link 0+1 http://example.com/"]),
        ('<a href="nonsense">x</a>', "x", []),
        ("<pre>a</pre>", "a", ["pre 0+1"]),
        ('<pre><code class="language-sql">a</code></pre>', "a", ["pre 0+1 sql"]),
        ('<code class="language-sql">a</code>', "a", ["code 0+1"]),
        ("<code>/card</code>", "/card", ["code 0+5"]),
        ("<b>/card</b>", "/card", ["bot_command 0+5", "bold 0+5"]),
        ('<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>', "ab", ["spoiler 0+2"]),
        ("<blockquote>a</blockquote>", "a", ["blockquote 0+1"]),
        ("<blockquote expandable>a</blockquote>", "a", ["expandable_blockquote 0+1"]),
        ("  <b>a</b>  ", "a", ["bold 0+1"]),
        ("<b>  a  </b>", "  a", ["bold 0+3"]),
    ],
)  # fmt: skip
def test_markup_is_read(html: str, text: str, entities: list[str]) -> None:
    formatted = with_found(trimmed(read_html(html)))
    assert formatted.text == text
    assert sorted(told(entity) for entity in formatted.entities) == sorted(entities)


def told(entity: dict[str, object]) -> str:
    more = entity.get("url") or entity.get("language") or ""
    return f"{entity['type']} {entity['offset']}+{entity['length']} {more}".strip()
