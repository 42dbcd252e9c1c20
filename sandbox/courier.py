"""Carries an update to the bot's address and says what came back; it never leaves this machine."""

from socket import AF_INET, AddressFamily

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver, ResolveResult

from sandbox.state import Json
from sandbox.webhook import BROKEN_OFF, Receipt

ANSWER_LIMIT_S = 60
RETRY_AFTER_LIMIT_S = 3600
GONE = 410
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # Its name, not a secret.
LOCAL_ADDRESS = "127.0.0.1"


class HereOnly(AbstractResolver):
    """Every name means this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily | int = AF_INET
    ) -> list[ResolveResult]:
        place = ResolveResult(
            hostname=host, host=LOCAL_ADDRESS, port=port, family=AF_INET, proto=0, flags=0
        )
        return [place]

    async def close(self) -> None:
        """It holds nothing."""


class LocalCourier:
    """Keeps connections to the bot open between updates."""

    def __init__(self) -> None:
        connector = TCPConnector(resolver=HereOnly(), limit=0)
        self._client = ClientSession(
            connector=connector, timeout=ClientTimeout(total=ANSWER_LIMIT_S)
        )

    async def bring(self, url: str, secret_token: str, update: Json) -> Receipt:
        secret = {SECRET_HEADER: secret_token} if secret_token else {}
        try:
            async with self._client.post(
                url, json=update, headers=secret, allow_redirects=False
            ) as answer:
                return await _receipt(answer)
        except TimeoutError:
            return Receipt(error="Read timeout expired")
        except ClientConnectorError:
            return Receipt(error="Connection refused")
        except ClientError:
            return Receipt(error=BROKEN_OFF)

    async def close(self) -> None:
        await self._client.close()


async def _receipt(answer: ClientResponse) -> Receipt:
    """Only a 2xx is a yes."""
    body = await answer.read()
    if 200 <= answer.status < 300:
        return Receipt(content_type=answer.headers.get("Content-Type", ""), body=body)
    wanted = answer.headers.get("Retry-After", "")
    return Receipt(
        error=f"Wrong response from the webhook: {answer.status} {answer.reason}",
        retry_after_s=min(int(wanted), RETRY_AFTER_LIMIT_S) if wanted.isdecimal() else 0,
        gone=answer.status == GONE,
    )
