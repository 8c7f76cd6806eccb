"""Plug the reader of pictures into its port."""

from dishka import Provider, Scope, provide

from skillbridge.adapters.images.process import ReaderProcess
from skillbridge.application.uploads.ports import Images


class ImagesProvider(Provider):
    scope = Scope.APP

    @provide
    def images(self) -> Images:
        return ReaderProcess()
