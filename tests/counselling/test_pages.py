import pytest

pytestmark = pytest.mark.django_db


def test_x(portal, client):
    for p in [
        "/beratung/",
        "/beratung/?ort=Hagen",
        "/beratung/?ort=58095&ansicht=karte&offen=1",
        "/beratung/?ort=Xyz",
        "/beratung/fachberatung-hagen/",
        "/beratung/notaufnahme/",
        "/beratung/liste.pdf?ort=Hagen",
        "/beratung/liste.csv",
        "/beratung/liste.json",
        "/beratung/fachberatung-hagen.vcf",
        "/beratung/naehe.json",
        "/beratung/einbetten/?thema=arbeit",
        "/beratung/sicher/",
        "/en/beratung/",
    ]:
        r = client.get(p)
        print(p, r.status_code, len(r.content), dict(r.headers))
        assert r.status_code == 200
