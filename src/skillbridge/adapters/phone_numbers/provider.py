"""Plug the plans of numbers into their port."""

from dishka import Provider, Scope, provide

from skillbridge.adapters.phone_numbers.plans import PlannedNumbers
from skillbridge.application.accounts.ports.phones import PhoneNumbers


class PhoneNumbersProvider(Provider):
    scope = Scope.APP

    @provide
    def numbers(self) -> PhoneNumbers:
        return PlannedNumbers()
