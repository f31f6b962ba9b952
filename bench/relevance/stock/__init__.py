"""django-modelsearch as Wagtail ships it, on a model with plain index fields."""
