-- The login of signing in has its rights on the tables again: nothing is lost.

drop function
    app.account, app.account_of, app.lock_account, app.lock_account_of, app.add_account,
    app.save_account, app.has_answered,
    app.add_sign_in, app.lock_sign_in, app.links, app.keep_link, app.move_sign_in,
    app.living_sign_in, app.has_signed_in, app.end_sign_ins,
    app.add_registration, app.registration, app.registrations_of, app.guess_registration,
    app.end_registrations,
    app.replace_proof, app.proof, app.is_guessable, app.guess_proof, app.guess_proof_at, app.use_proof, app.end_proofs,
    app.add_api_token, app.api_tokens_of, app.end_api_tokens, app.use_api_token,
    app.second_factor, app.lock_second_factor, app.put_second_factor, app.remove_second_factor,
    app.add_passkey, app.passkey_of, app.passkeys_of, app.save_passkey, app.remove_passkey,
    app.spend_challenge,
    app.add_identity, app.identity, app.identities_of, app.remove_identity,
    app.begin_authorization, app.authorization_request, app.take_authorization,
    app.hold_authorization, app.let_go_authorization;
