import pytest

from austausch.counselling.models import Office

pytestmark = pytest.mark.django_db


def test_x(portal):
    print(Office.objects.count())
    assert Office.objects.count() == 78
