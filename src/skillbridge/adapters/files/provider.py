"""Plug the store of files into its port."""

from dishka import Provider, Scope, provide

from skillbridge.adapters.files.objects import ObjectFiles, bucket, folder
from skillbridge.adapters.files.settings import Bucket, Folder
from skillbridge.application.ports.files import Files


class FilesProvider(Provider):
    scope = Scope.APP

    def __init__(self, where: Folder | Bucket) -> None:
        super().__init__()
        self._where = where

    @provide
    def files(self) -> Files:
        where = self._where
        return ObjectFiles(folder(where) if isinstance(where, Folder) else bucket(where))
