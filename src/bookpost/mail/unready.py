"""The courier of an account that cannot be used as it is configured: it says so and carries nothing."""

from bookpost.mail.courier import Parcel, ReachedData
from bookpost.mail.replies import Reply, Step


class UnreadyCourier:
    """`reason` is what must be mended first."""

    size_limit: int | None = None

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def carry(self, parcel: Parcel, *, reached_data: ReachedData, plain: bool = False) -> Reply:  # noqa: ARG002 - the protocol's
        """The account's trouble, as a server's refused login is."""
        return Reply(Step.AUTH, 535, self._reason)

    async def close(self) -> None:
        """Nothing is held open."""
