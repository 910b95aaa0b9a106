//! What the name of a variable says of the URL in it: who is asked there, and by whom.

/// Ends of names that say that somebody is asked at a URL.
const ASKED: &[&str] = &[
    "ADDR",
    "ADDRESS",
    "API",
    "BACKEND",
    "BASE",
    "BROKER",
    "BROKERS",
    "DSN",
    "ENDPOINT",
    "ENDPOINTS",
    "GATEWAY",
    "HOOK",
    "HOST",
    "SERVER",
    "SERVERS",
    "SERVICE",
    "UPSTREAM",
    "UPSTREAMS",
    "URI",
    "URL",
    "URLS",
    "WEBHOOK",
];

/// Words that say no more than that there is a server: whose, does not follow.
const GENERAL: &[&str] = &[
    "ADDR",
    "ADDRESS",
    "APP",
    "APPLICATION",
    "BASE",
    "DEFAULT",
    "FULL",
    "HOST",
    "HTTP",
    "INSTANCE",
    "MAIN",
    "MY",
    "SERVER",
    "SERVICE",
    "URI",
    "URL",
];

/// Words of names of URLs that are the service's own, a browser's or a document's, or that a build downloads from.
const NOT_ASKED: &[&str] = &[
    "ADVERTISED",
    "AIA",
    "ALLOWED",
    "APT",
    "ARCHIVE",
    "AVATAR",
    "BACK",
    "BANNER",
    "BINARY",
    "BLOG",
    "BROWSER",
    "CALLBACK",
    "CANCEL",
    "CANONICAL",
    "CDN",
    "CHECK",
    "CHECKER",
    "CLIENT",
    "CORS",
    "CPAN",
    "CRAN",
    "CRL",
    "DEB",
    "DEBIAN",
    "DIST",
    "DISTRIBUTION",
    "DL",
    "DOC",
    "DOCS",
    "DOCUMENTATION",
    "DOMAIN",
    "DOWNLOAD",
    "DOWNLOADS",
    "DTD",
    "EXPO",
    "EXTERNAL",
    "FILE",
    "FRONT",
    "FRONTEND",
    "GATSBY",
    "GEM",
    "GIT",
    "HELP",
    "HOME",
    "HOMEPAGE",
    "ICON",
    "IMAGE",
    "INDEX",
    "INSTALL",
    "INSTALLER",
    "ISSUER",
    "KEY",
    "KEYS",
    "KEYSERVER",
    "LANDING",
    "LICENSE",
    "LINK",
    "LOGIN",
    "LOGO",
    "LOGOUT",
    "MAVEN",
    "MIRROR",
    "MIRRORS",
    "NAMESPACE",
    "NEXTAUTH",
    "NOTIFY",
    "NPM",
    "OCSP",
    "ORIGIN",
    "ORIGINS",
    "PACKAGE",
    "PACKAGES",
    "PAGE",
    "PAGES",
    "PIP",
    "PKG",
    "PRIVACY",
    "PROBE",
    "PROXY",
    "PUBLIC",
    "PYPI",
    "REACT",
    "REDIRECT",
    "REFERER",
    "REGISTRY",
    "RELEASE",
    "RELEASES",
    "REPO",
    "REPOS",
    "REPOSITORIES",
    "REPOSITORY",
    "RETURN",
    "ROOT",
    "RPM",
    "SCHEMA",
    "SELF",
    "SITE",
    "SNAPSHOT",
    "SOURCE",
    "SRC",
    "SUCCESS",
    "SUPPORT",
    "TAR",
    "TARBALL",
    "TERMS",
    "TEST",
    "TGZ",
    "TIMESTAMP",
    "TRUSTED",
    "TSA",
    "UBUNTU",
    "UI",
    "VCS",
    "VIRTUAL",
    "VITE",
    "VUE",
    "WEB",
    "WEBSITE",
    "WIKI",
    "XMLNS",
    "ZIP",
];

/// Whether a variable's name says that a server of somebody else is asked there: `AUTH_SERVICE_URL`, `VAULT_ADDR`,
/// `API_URL`, and neither `SITE_URL` nor `PIP_INDEX_URL`.
pub(super) fn asks_remote(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let words: Vec<&str> = upper.split('_').filter(|word| !word.is_empty()).collect();
    let is_asked = words.last().is_some_and(|last| ASKED.contains(last));
    is_asked
        && !words.iter().any(|word| NOT_ASKED.contains(word))
        && words.iter().any(|word| !GENERAL.contains(word))
}

/// The words of a variable's name that say whose server it is about, in lower case: `keycloak` of `KEYCLOAK_API_URL`.
pub(crate) fn subjects(name: &str) -> impl Iterator<Item = String> {
    let words = name.split('_').filter(|word| word.len() > 2);
    let words = words.map(str::to_ascii_uppercase);
    words
        .filter(|word| !ASKED.contains(&word.as_str()) && !GENERAL.contains(&word.as_str()))
        .map(|word| word.to_ascii_lowercase())
}

/// Whether a variable's name says that the service itself asks a server on this machine. What is on localhost is more
/// often a browser's than what is elsewhere.
pub(super) fn asks_local(name: &str) -> bool {
    const BROWSERS: &[&str] = &[
        "PUBLIC", "VITE", "REACT", "VUE", "GATSBY", "EXPO", "CLIENT", "BROWSER", "EXTERNAL", "ORIGIN",
        "ORIGINS", "CORS", "CALLBACK", "REDIRECT", "FRONTEND", "SITE", "WEB", "UI", "ISSUER", "NEXTAUTH",
        "AUTH",
    ];
    const ENDS: &[&str] = &[
        "API_URL",
        "API_BASE_URL",
        "BACKEND_URL",
        "SERVICE_URL",
        "SERVER_URL",
        "INTERNAL_URL",
        "INTERNAL_API",
    ];
    let upper = name.to_ascii_uppercase();
    !upper.split('_').any(|word| BROWSERS.contains(&word)) && ENDS.iter().any(|end| upper.ends_with(end))
}
