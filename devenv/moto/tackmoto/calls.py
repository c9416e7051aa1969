"""What AWS does with every call, whatever its kind: tags, dry runs, client tokens."""

from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.ec2.exceptions import DryRunClientError, EC2ClientError

from . import tags

# Marks an answer for the gateway that repeats an earlier one for the same client token.
REPLAYED = "X-Tack-Replayed"


class Calls(BaseResponse):
    # The call returned what an earlier one made.
    repeats = False

    def call_action(self) -> Any:
        try:
            tags.check(self.querystring, self.service_name, self._get_action())
            return self.answer()
        except ServiceException as refusal:
            return self.serialized(ActionResult(refusal))

    def serialized(self, action_result: ActionResult) -> Any:
        """Set the status that a refusal names, if any. moto derives it from the code alone."""
        status, headers, body = super().serialized(action_result)
        if self.repeats:
            headers = {**headers, REPLAYED: "true"}
        return getattr(action_result.result, "status", status), headers, body

    def answer(self) -> Any:
        return super().call_action()


class EC2Calls(Calls):
    """Handles dry runs and client tokens. moto carries out most dry runs, and ignores a repeated token."""

    def answer(self) -> Any:
        self.ec2_backend.advance()
        if self._get_param("DryRun"):
            refusal = DryRunClientError()
            refusal.status = 412
            raise refusal
        tags.check_types(self._get_action(), self._get_param("TagSpecifications", []))
        if token := self._get_param("ClientToken"):
            return self.once(token)
        return super().answer()

    def once(self, token: str) -> Any:
        """Carry out the first call with the token, and repeat its answer. A refused call leaves the token unused, even one with HTTP 200.

        Source: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
        """
        action, params = self._get_action(), {k: v for k, v in self.querystring.items() if k not in ("ClientToken", "Version")}
        used = self.ec2_backend.tokens.get((action, token))
        if not used:
            status, headers, body = super().answer()
            if status == 200 and "<unsuccessful><item>" not in body:
                self.ec2_backend.tokens[action, token] = params, (status, dict(headers), body)
            return status, headers, body
        if used[0] != params:
            raise EC2ClientError("IdempotentParameterMismatch", f"The client token {token} was used before with other parameters.")
        if check := getattr(self, f"repeat_{action}", None):
            check(token)
        status, headers, body = used[1]
        return status, {**headers, REPLAYED: "true"}, body
