"""One fault for each rule of ../rules/laws.yaml. Nobody imports this."""


async def sql_of_text(db, name):
    await db.execute(f"select {name}")


def client_without_timeout():
    return httpx.AsyncClient(base_url="http://example.org")


def tls_unverified(client):
    return client(verify=False)


def secret_compared_early(mac, told):
    return mac.hexdigest() == told


def chance_that_can_be_guessed():
    return random.choice("abc")


def shell(name):
    os.system("ls " + name)


def code_of_others(data):
    return pickle.loads(data)


def secret_in_the_log(password):
    log.info("accounts.made", password=password)


async def loop_held_up():
    time.sleep(1)


def page_of_text(name):
    return Response(f"<b>{name}</b>", media_type=MediaType.HTML)


def every_origin():
    return CORSConfig(allow_origins=["*"])


def token_unverified(token):
    return jwt.decode(token, options={"verify_signature": False})


def file_by_name_of_others():
    return tempfile.mktemp()
