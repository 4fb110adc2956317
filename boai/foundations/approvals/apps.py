"""The approvals room."""

from boai.ground.kit.apps import RoomConfig


class ApprovalsConfig(RoomConfig):
    """Cases, votes, recusals, policies."""

    name = "boai.foundations.approvals"
    label = "approvals"
    default = True
