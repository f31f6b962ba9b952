"""Wagtail's users app with the portal's own views: people have an e-mail address and one name."""

from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(WagtailUsersAppConfig):
    user_viewset = "austausch.people.admin.users.PeopleViewSet"
