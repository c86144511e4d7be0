"""placeholder"""


class Deeds:
    """placeholder"""

    def __init__(self, parts: object) -> None: ...
