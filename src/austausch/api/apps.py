from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "austausch.api"
