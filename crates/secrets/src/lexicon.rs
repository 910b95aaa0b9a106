//! The words that stand around credentials: in the names of variables, and in place of values.

/// Words with spaces between them.
pub(crate) struct Words(&'static str);

impl Words {
    /// Whether the word, in lower case, is one of them.
    pub(crate) fn has(&self, word: &[u8]) -> bool {
        self.all().any(|known| known == word)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &'static [u8]> {
        self.0.split_ascii_whitespace().map(str::as_bytes)
    }
}

/// At the end of a name: the value is about a credential and not one.
pub(crate) const ABOUT: Words = Words(
    "file files path paths dir url uri endpoint host name names field label id ids type types length len \
    size min max policy reset expiry expires expire expiration ttl timeout lifetime age enabled enable \
    disabled disable required require rotation provider issuer audience algorithm alg hint placeholder \
    prompt confirmation confirm input form page link title text message error help regex pattern format \
    prefix suffix header var variable env arn ref store storage manager management service count limit version mode \
    method scope scopes location class command cmd authentication change strength encoder encoding \
    hasher hashers validators username user email public visibility toggle image budget tokens usage \
    mount hash hashed hashes digest checksum sum sha sha256 sha512 md fingerprint encryption at date time mtime since until changed updated created days hours minutes seconds uuid guid requirements \
    validator rules rule expired expiring refreshed generator dialog modal screen button icon component \
    topic queue table column index keyid stdin",
);

/// In a name: these alone say credential.
pub(crate) const CREDENTIAL: Words = Words(
    "password passwd passwort pwd passphrase secret secrets token apikey apitoken apisecret credential \
    credentials creds pat authtoken accesstoken clientsecret secretkey accesskey privatekey pass \
    userpass dbpass jwtsecret pgpassword rootpassword",
);

/// In a name before `key`: together they say credential.
pub(crate) const KEY_OF: Words = Words(
    "api access secret private auth encryption signing master account service deploy license admin app \
    write session storage subscription shared",
);

/// Before `key` in a name that tells an issuer: the key is public, or opens nothing.
pub(crate) const KEY_OF_ALL: Words = Words(
    "public publishable site client search cache primary foreign partition sort object index host known gpg pgp \
    project verification verify map custom sitekey",
);

/// At the beginning of a name: it is a function's.
pub(crate) const VERB: Words = Words("get fetch generate create validate verify parse is has");

/// In a name: it switches something on or off that has to do with a credential.
pub(crate) const SWITCH: Words = Words("allow disable skip require");

/// Whole values, without case and punctuation, that nobody has as a secret.
pub(crate) const NO_SECRET: Words = Words(
    "password passwd pass pwd passphrase secret secrets token apikey key secretkey changeme changethis \
    changeit changemenow pleasechangeme yourpassword yourpasswrod yoursecret yourtoken yourapikey \
    yourkey mysecret mytoken myapikey none null nil true false undefined empty unset notset todo tbd na \
    value string str text hidden redacted masked removed placeholder dummy fake sample example test \
    testing foo bar baz foobar foobared default required optional secretvalue somesecret sometoken \
    somepassword apitoken accesstoken authtoken clientsecret privatekey bearer basic int username user \
    login any bool object credentials disabled enabled yes no on off unknown confidential random \
    randomstring generated prompt env file input whatever something compat files systemd type field \
    label name id url http https bytes char void anonymous self this function testpass testpassword \
    testtoken testsecret testkey testuser newpassword oldpassword currentpassword passwordhere \
    tokenhere secrethere keyhere yourpasswordhere yoursecretkey yourtokenhere encrypted hashed sensitive \
    sensitivevalue filtered notneeded noneofyourbusiness ignored unused minioadmin guest postgres xoauthbasic",
);

/// What a password is called elsewhere: the value is a translation.
pub(crate) const TRANSLATION: Words = Words(
    "passwort kennwort motdepasse contrasena contraseña clave senha wachtwoord parola heslo haslo hasło \
    lozinka salasana losenord lösenord adgangskode passord jelszo jelszó sifre şifre geheimnis geheim \
    secreto segreto jeton ficha",
);

/// Parts of values, in lower case, that only a placeholder has.
pub(crate) const PLACEHOLDER_PART: Words = Words(
    "changeme change-me change_me changeit change_this change-this replaceme replace_ replace- your_ \
    your- yourpass yourown _here -here placeholder redacted xxxxx ***** ##### _____ ..... fixme not-set \
    not_set notset insert_ insert- example &lt; todo: enter_ enter- sample my-api my_api my-secret my_secret my-token my_token api-key api_key test-token test_token test-secret test_secret test-key test_key fake- fake_ mock- mock_ dummy lorem not-a-real not_a_real \
    notreal",
);

/// With a number behind them: values of tests.
pub(crate) const NUMBERED: Words = Words(
    "password passwd pass test testing testpass testpassword testtoken testsecret token user foo mytoken fake apikey key",
);

/// What documentation writes in place of the password in an address.
pub(crate) const TEMPLATE: Words = Words("password pass passwd pwd user username token key anonymous guest");

/// What people leave in place because it works.
pub(crate) const LEFT_IN_PLACE: Words = Words("secret password root admin default test");

/// Before `password`, `secret` or `token` in the name of a form's field or of a key.
pub(crate) const FIELD_PREFIX: Words = Words(
    "new old confirm current user admin my your the change reset forgot repeat show hide db database root \
    set get login client api access auth refresh invalid wrong enter encrypted hashed raw plain",
);

/// Types that a declaration gives a password.
pub(crate) const TYPE: Words = Words("String string str Option char None Optional SecretStr number boolean");
