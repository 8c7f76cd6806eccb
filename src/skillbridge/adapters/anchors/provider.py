"""Plug the file of anchors into its port."""

from pathlib import Path

from dishka import Provider, Scope, provide

from skillbridge.adapters.anchors.file import FileAnchors
from skillbridge.application.audit.ports import AnchorKeys, Anchors


class AnchorProvider(Provider):
    scope = Scope.APP

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    @provide
    def anchors(self, keys: AnchorKeys) -> Anchors:
        return FileAnchors(self._path, keys)
