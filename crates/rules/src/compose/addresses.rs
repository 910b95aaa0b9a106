//! Addresses of the host that a port is published on.

use std::net::IpAddr;

use plimsoll_compose::Port;

/// Whether a port is published on every interface of the host. An address that only the environment knows is taken
/// for one that somebody chose.
pub(crate) fn is_on_all_interfaces(port: &Port) -> bool {
    let Some(address) = port.host_ip.as_deref() else {
        // `$PORT` alone may bring an address with it.
        return !port.node.as_text().is_some_and(|text| text.starts_with('$') && port.target.is_none());
    };
    match address.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_unspecified(),
        Ok(IpAddr::V6(address)) => {
            address.is_unspecified() || address.to_ipv4_mapped().is_some_and(|v4| v4.is_unspecified())
        }
        Err(_) => false,
    }
}

/// Whether a port is published for this host only.
pub(crate) fn is_on_loopback(port: &Port) -> bool {
    let address = port.host_ip.as_deref().unwrap_or("").trim_matches(['[', ']']);
    address == "localhost" || address.parse::<IpAddr>().is_ok_and(|a| a.is_loopback())
}
