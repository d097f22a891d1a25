"""What goes wrong between a person's machine and AWS, in a sentence with the way out."""

from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from workbench.cli.command import CommandFailed

AwsErrors = (BotoCoreError, ClientError, OSError, ValueError)
"""What a call to AWS may raise: a configuration that names missing files gives an OSError, a bad value a ValueError."""

_LOG_IN: Final = "the SSO login has expired or was never made; log in with: aws sso login"
_NO_CREDENTIALS: Final = "there are no AWS credentials; set AWS_PROFILE, or log in"
_BY_TYPE: Final = {
    "ConfigParseError": "the AWS configuration file cannot be read as one: {error}; mend it, or point AWS_CONFIG_FILE "
    "elsewhere",
    "ProfileNotFound": "{error}; `aws configure list-profiles` shows those there are; see AWS_PROFILE",
    "NoCredentialsError": _NO_CREDENTIALS,
    "PartialCredentialsError": "the AWS credentials are incomplete: {error}",
    "CredentialRetrievalError": "the AWS credentials could not be had: {error}",
    "SSOTokenLoadError": _LOG_IN,
    "UnauthorizedSSOTokenError": _LOG_IN,
    "TokenRetrievalError": _LOG_IN,
    "PendingAuthorizationExpiredError": _LOG_IN,
    "LoginTokenLoadError": "the login has expired; log in with: aws login",
    "LoginRefreshRequired": "the login has expired; log in with: aws login",
    "InvalidConfigError": "the AWS configuration makes no sense: {error}",
    "InvalidRegionError": "{error}; see AWS_REGION",
    "EndpointConnectionError": "{error}; check the network and AWS_ENDPOINT_URL",
    "ConnectTimeoutError": "it does not answer in time; check the network",
    "ReadTimeoutError": "it does not answer in time; check the network",
    "ProxyConnectionError": "{error}; check HTTPS_PROXY",
    "SSLError": "its certificate is not accepted: {error}; see AWS_CA_BUNDLE",
}
_EXPIRED: Final = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
_UNKNOWN: Final = ("UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException")


def code_of(error: Exception) -> str:
    """What AWS calls the error, empty when it is not from AWS."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def why(error: Exception) -> str:
    """What went wrong, as a clause with the way out; never the text of a secret."""
    code = code_of(error)
    if code in _EXPIRED:
        return f"the AWS credentials have expired ({code}); log in again, with SSO: aws sso login"
    if code in _UNKNOWN:
        return f"AWS does not know these credentials ({code}); check AWS_PROFILE, or log in again"
    if code:
        return f"AWS answers {code}; try again"
    for kind in type(error).__mro__:
        if kind.__name__ in _BY_TYPE:
            return _BY_TYPE[kind.__name__].format(error=str(error).rstrip("."))
    if isinstance(error, OSError):
        named = f" {error.filename}" if error.filename else ""
        return (
            f"a file of the AWS configuration{named} cannot be used: {error.strerror or type(error).__name__}"
        )
    if type(error) is ValueError:
        return f"{error}; an endpoint is http://HOST:PORT or https://HOST, see AWS_ENDPOINT_URL"
    return f"{type(error).__name__}: {error}"


def failed(error: Exception, what: str) -> CommandFailed:
    """That `what` could not be done, and why."""
    return CommandFailed(f"{what}: {why(error)}")
