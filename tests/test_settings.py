import pytest

from bot.errors import SettingsError
from bot.logs import redact
from bot.settings import DEFAULT_DATABASE, read_settings


def test_defaults_need_no_environment():
    settings = read_settings({}, terminal=True)
    assert settings.database_url == DEFAULT_DATABASE
    assert settings.slack_bot_token is None
    assert settings.log_format == "text"
    assert settings.port == 8000
    assert settings.platform is None


def test_empty_values_count_as_absent():
    assert read_settings({"SLACK_BOT_TOKEN": "  ", "PORT": ""}, terminal=False).slack_bot_token is None


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("DATABASE_URL", "mysql://h/d", "postgresql://"),
        ("DATABASE_URL", "sqlite", "sqlite:///"),
        ("SLACK_BOT_TOKEN", "xapp-1", "xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-test", "xapp-"),
        ("SLACK_API_URL", "slack.com/api", "https://host"),
        ("POLICYWATCH_PUBLIC_URL", "ftp://h", "https://host"),
        ("POLICYWATCH_ALLOW_NETWORKS", "10.0.0.0/33", "10.0.0.0/8"),
        ("POLICYWATCH_LOG", "xml", "text or json"),
        ("POLICYWATCH_LOG_LEVEL", "loud", "info"),
        ("PORT", "eighty", "65535"),
        ("PORT", "70000", "65535"),
    ],
)
def test_a_bad_value_names_the_variable_and_what_to_write(variable, value, says):
    with pytest.raises(SettingsError) as error:
        read_settings({variable: value}, terminal=False)
    assert str(error.value).startswith(f"{variable}:")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_secrets_stay_out_of_repr():
    settings = read_settings(
        {
            "SLACK_BOT_TOKEN": "xoxb-secret-1",
            "SLACK_SIGNING_SECRET": "signing-secret",
            "DATABASE_URL": "postgresql://u:pass-word@h/d",
            "POLICYWATCH_TRACKER_TOKEN": "tracker-secret",
        },
        terminal=False,
    )
    assert "secret" not in repr(settings)
    assert "pass-word" not in repr(settings)


def test_a_platform_whose_disk_does_not_last_is_recognised():
    assert read_settings({"DYNO": "web.1"}, terminal=False).platform == "Heroku"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("token xoxb-ab-CD is bad", "ab-CD"),
        ("postgresql://user:hunter2@host/db", "hunter2"),
        ("Authorization: Bearer abcdefgh1234", "abcdefgh1234"),
        ("https://user:pw@example.org/feed", "pw@"),
    ],
)
def test_logs_hide_secrets(text, hidden):
    assert hidden not in redact(text)
    assert "[hidden]" in redact(text)
