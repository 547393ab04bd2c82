"""Users, workplaces and roles in the administration, as an administrator."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from accounts.models import User, Workplace
from accounts.roles import role_labels
from core.access import Role
from core.programs import installed_programs
from tests.accounts.factories import UserFactory, WorkplaceFactory

USERS = reverse("admin:accounts_user_changelist")
PASSWORD = "見本の長い合言葉 2016"


def change(user):
    return reverse("admin:accounts_user_change", args=[user.pk])


def user_data(**changes):
    return {
        "username": "mihon",
        "display_name": "見本 花子",
        "employee_number": "E001",
        "is_active": "on",
    } | changes


@pytest.fixture
def superuser(db):
    return UserFactory(is_superuser=True, is_staff=True)


def test_administrator_makes_a_user_with_workplace_and_role(administrator):
    workplace = WorkplaceFactory()
    role = Group.objects.get(name=Role.FIELD_STAFF)
    passwords = {
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    email = "mihon@coop.example"
    data = user_data(workplace=workplace.pk, groups=[role.pk], email=email, **passwords)
    page = administrator.post(reverse("admin:accounts_user_add"), data)
    assert page.status_code == 302
    user = User.objects.get(username="mihon")
    assert user.check_password(PASSWORD)
    assert (user.workplace, list(user.groups.all())) == (workplace, [role])
    # Whoever has one is told of incidents, of mails that come back, of a queue stuck.
    assert user.email == email


def test_roles_are_shown_by_name_with_the_program(administrator):
    labels = role_labels()
    assert len(labels) == len(Role) - 1 + len(list(installed_programs()))
    page = administrator.get(change(administrator.user))
    groups = Group.objects.values_list("name", flat=True)
    assert all(labels[name] in page.text for name in groups)
    assert "coordinator_agreements" not in page.text
    assert labels[Role.ADMINISTRATOR] in administrator.get(USERS).text


def test_pasted_address_loses_its_marks_without_width(administrator):
    user = UserFactory()
    data = user_data(email="mihon@coop.example\u200b", username=user.username)
    assert administrator.post(change(user), data).status_code == 302
    user.refresh_from_db()
    assert user.email == "mihon@coop.example"


def test_user_is_switched_off(administrator):
    user = UserFactory(username="mihon")
    data = user_data()
    del data["is_active"]
    assert administrator.post(change(user), data).status_code == 302
    user.refresh_from_db()
    assert not user.is_active


def test_password_is_set_by_the_form(administrator):
    user = UserFactory()
    url = reverse("admin:auth_user_password_change", args=[user.pk])
    data = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert administrator.post(url, data).status_code == 302
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_administrator_cannot_make_a_superuser(administrator):
    user = UserFactory(username="mihon")
    rights = [Permission.objects.first().pk]
    data = user_data(is_superuser="on", user_permissions=rights)
    administrator.post(change(user), data)
    administrator.post(change(administrator.user), data | {"username": "me"})
    for someone in User.objects.all():
        assert not someone.is_superuser
        assert not someone.user_permissions.exists()


def test_administrator_cannot_touch_a_superuser(administrator, superuser):
    before = superuser.password
    assert administrator.post(change(superuser), user_data()).status_code == 403
    url = reverse("admin:auth_user_password_change", args=[superuser.pk])
    data = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert administrator.post(url, data).status_code == 403
    delete = reverse("admin:accounts_user_delete", args=[superuser.pk])
    assert administrator.post(delete, {"post": "yes"}).status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": [superuser.pk]}
    administrator.post(USERS, bulk | {"post": "yes"})
    superuser.refresh_from_db()
    assert superuser.password == before


def test_administrator_sees_roles_and_cannot_widen_them(administrator):
    role = Group.objects.get(name=Role.ADMINISTRATOR)
    url = reverse("admin:auth_group_change", args=[role.pk])
    page = administrator.get(url)
    assert role_labels()[Role.ADMINISTRATOR] in page.text
    everything = list(Permission.objects.values_list("pk", flat=True))
    assert administrator.post(url, {"permissions": everything}).status_code == 403
    assert administrator.get(reverse("admin:auth_group_add")).status_code == 403
    assert role.permissions.count() < len(everything)


def test_superuser_may_give_the_mark_but_not_rename_a_role(client, superuser):
    client.force_login(superuser)
    user = UserFactory(username="mihon")
    client.post(change(user), user_data(is_superuser="on"))
    user.refresh_from_db()
    assert user.is_superuser
    role = Group.objects.get(name=Role.MANAGER)
    client.post(reverse("admin:auth_group_change", args=[role.pk]), {"name": "x"})
    role.refresh_from_db()
    assert role.name == Role.MANAGER


def test_workplace_is_made_and_one_in_use_is_not_deleted(administrator):
    data = {"code": "C1", "name": "見本センター", "kind": "store", "is_active": "on"}
    url = reverse("admin:accounts_workplace_add")
    assert administrator.post(url, data).status_code == 302
    workplace = Workplace.objects.get()
    user = UserFactory(workplace=workplace)
    url = reverse("admin:accounts_workplace_delete", args=[workplace.pk])
    page = administrator.post(url, {"post": "yes"})
    assert page.status_code == 200
    assert user.display_name in page.text
    assert Workplace.objects.exists()


def test_others_stay_out(manager, officer):
    for client in (manager, officer):
        assert client.get(USERS).status_code == 302


def test_sign_in_of_the_administration_is_the_one_of_the_application(client, db):
    for url in (USERS, reverse("admin:login")):
        page = client.get(url, follow=True)
        assert page.redirect_chain[-1][0].startswith("/accounts/login/")


def test_query_count_does_not_grow_with_rows(
    administrator, django_assert_max_num_queries, django_assert_num_queries
):
    role = Group.objects.get(name=Role.FIELD_STAFF)
    UserFactory(workplace=WorkplaceFactory()).groups.add(role)
    administrator.get(USERS)
    with django_assert_max_num_queries(15) as few:
        administrator.get(USERS)
    for _ in range(20):
        UserFactory(workplace=WorkplaceFactory()).groups.add(role)
    with django_assert_num_queries(len(few)):
        administrator.get(USERS)
