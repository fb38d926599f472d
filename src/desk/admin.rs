//! What administrators do that is more than one call of a port.

use super::scene::{INVITE_LINK, invitation_hash};

/// An invitation: what the commissioner opens, and what the store keeps of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The parameter of `/start`; at most 64 characters of `A-Za-z0-9_-`, as Telegram's deep links demand.
    pub start_parameter: String,
    /// SHA-256 of the code.
    pub code_sha256: String,
}

/// Makes an invitation from random bytes.
#[must_use]
pub fn new_invitation(secret: &[u8; 24]) -> Invitation {
    let code = secret.iter().fold(String::new(), |code, byte| format!("{code}{byte:02x}"));
    Invitation { start_parameter: format!("{INVITE_LINK}{code}"), code_sha256: invitation_hash(&code) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_parameter_fits_a_deep_link() {
        assert!(new_invitation(&[255; 24]).start_parameter.len() <= 64);
    }
}
