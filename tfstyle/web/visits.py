"""What a visit to the page has sent and made, and where that lies until the visit is over."""

import dataclasses
import shutil
import tempfile
import threading
from pathlib import Path

from tfstyle.web.uploads import Upload
from tfstyle.web.wishes import ClipWish, Wish


@dataclasses.dataclass(frozen=True)
class Painting:
    """A picture that is done."""

    wish: Wish | ClipWish
    before: Path | None
    """The photograph in the size of the result; None of clips."""
    after: Path
    """The result, with its record in it."""
    sentence: str
    """How it ended, and how long it took."""


class Visit:
    """One visitor's pictures, in a folder that nobody else may look into."""

    def __init__(self, root: Path):
        """Begins a visit whose folder lies in another."""
        # Of a name that cannot be guessed, for this user alone.
        self.folder = Path(tempfile.mkdtemp(dir=root))
        self.paintings: list[Painting] = []
        self.stop = threading.Event()
        self._good: dict[str, str] = {}
        self._originals: dict[str, Upload] = {}
        self._begun = 0
        self._is_over = False

    def begin(self) -> Path:
        """Returns a new folder for one painting."""
        self._begun += 1
        folder = self.folder / f"{self._begun:03d}"
        folder.mkdir()
        return folder

    def accept(self, field: str, upload: Upload, shown: str) -> None:
        """Remembers a picture that can be read, and the file that a field shows for it."""
        self._good[field] = shown
        if shown != upload.path:
            self._originals[Path(shown).name] = upload

    def good(self, field: str) -> str | None:
        """Returns the file that a field showed last of those that can be read."""
        return self._good.get(field)

    def knows(self, upload: Upload) -> bool:
        """Returns whether a file is what is shown for another."""
        return upload.name in self._originals

    def original(self, upload: Upload) -> Upload:
        """Returns what was sent where a file is shown for it; any other file as it is."""
        return self._originals.get(upload.name, upload)

    def end(self) -> None:
        """Stops what is being painted, and removes all files of the visit."""
        self._is_over = True
        self.stop.set()
        self.tidy()

    def tidy(self) -> None:
        """Removes what was written after the visit had ended, if it has."""
        if self._is_over:
            shutil.rmtree(self.folder, ignore_errors=True)
