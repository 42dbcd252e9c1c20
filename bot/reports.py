"""What the commands tell their operator, in sentences."""

from services.imports import ImportDone, ImportForeseen


def import_report(told: ImportDone | ImportForeseen) -> str:
    """What an import changed, or would change."""
    if isinstance(told, ImportDone):
        return _counts(told, "brought", "were")
    tiers = f"{told.tiers_changed:,} customers would stand on another tier."
    return f"Nothing was changed. {_counts(told.done, 'would bring', 'would be')} {tiers}"


def _counts(done: ImportDone, brought: str, were: str) -> str:
    told = (
        f"{done.purchases:,} purchases of {done.customers:,} customers "
        f"({done.members_new:,} new) {brought} {done.points:,} points; "
        f"{done.zero_points:,} purchases {were} too small for a point; "
        f"{done.repeated:,} were there already."
    )
    if done.departed:
        told += f" {done.departed:,} are of customers who left the club: {were} left out."
    if done.left_out:
        told += f" {done.left_out:,} bad rows {were} left out."
    return told
