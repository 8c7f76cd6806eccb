"""What several mails say to whoever may not have done what they tell of."""

IF_IT_WAS_YOU = "If it was you, you need do nothing."
SOMEBODY_ELSE = f"{IF_IT_WAS_YOU} If it was not, somebody else is signed in to your account:"
