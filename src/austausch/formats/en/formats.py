# British order: the readers sit in Europe, and 03/04 must not be read two ways.
DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M Y"
