"""What cannot be done with an event; each message says why and what to do."""


class EventError(Exception):
    pass
