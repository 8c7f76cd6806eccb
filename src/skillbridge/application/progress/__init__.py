"""Progress: completing and reopening the modules of a roadmap."""

from skillbridge.application.progress.completion import CompleteModule, UndoModule

USE_CASES = (CompleteModule, UndoModule)
