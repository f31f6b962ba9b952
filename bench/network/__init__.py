"""The protected network measured: sign-in, lists under the policy, the line of copies, mails of saved searches."""
