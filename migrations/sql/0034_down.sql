-- The login of signing in has its rights on the tables again: nothing is lost.

drop function
    app.account, app.account_of, app.lock_account, app.lock_account_of, app.add_account,
    app.save_account, app.has_answered,
    app.add_sign_in, app.lock_sign_in, app.links, app.keep_link, app.move_sign_in,
    app.living_sign_in, app.has_signed_in, app.end_sign_ins,
    app.add_registration, app.registration, app.registrations_of, app.end_registrations,
    app.replace_proof, app.proof, app.is_guessable, app.guess_proof, app.use_proof, app.end_proofs;
