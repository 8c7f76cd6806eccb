"""Server-sent events: each type said once, for the wire and for the contract."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
from litestar.response import ServerSentEventMessage

Data = TypeVar("Data")


@dataclass(frozen=True, slots=True)
class EventType(Generic[Data]):
    """What stands in `event:`, and what `data:` holds, as JSON."""

    name: str
    data: type[Data]

    def message(self, data: Data, event_id: str) -> ServerSentEventMessage:
        """`event_id` comes back as `Last-Event-ID` when the client connects again."""
        text = msgspec.json.encode(data).decode()
        return ServerSentEventMessage(data=text, event=self.name, id=event_id)

    @property
    def title(self) -> str:
        """`generation` → `GenerationEvent`."""
        return f"{self.name.title()}Event"

    def published(self, data: dict[str, Any]) -> dict[str, Any]:
        """One event, its fields as the stream names them."""
        content = {"contentMediaType": "application/json", "contentSchema": data}
        return {
            "title": self.title,
            "description": f"One event `{self.name}` of a stream.",
            "type": "object",
            "required": ["id", "event", "data"],
            "properties": {
                "id": {"type": "string", "description": "To be sent as `Last-Event-ID`."},
                "event": {"type": "string", "const": self.name},
                "data": {"type": "string", **content},
            },
        }
