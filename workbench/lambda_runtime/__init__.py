"""Lambda on this machine: runs functions under AWS's own runtime client, over the Lambda Runtime API."""

from workbench.lambda_runtime.environment import Answer, ExecutionEnvironment
from workbench.lambda_runtime.function import IN_REGION, LambdaFunction, Quotas, reserved_variables

__all__ = ["IN_REGION", "Answer", "ExecutionEnvironment", "LambdaFunction", "Quotas", "reserved_variables"]
