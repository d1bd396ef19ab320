//! Names that the model and the policy give: intents and roles.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $type(Arc<str>);

        impl $type {
            /// The name as the model or the policy spells it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $type {
            fn from(name: &str) -> Self {
                Self(name.into())
            }
        }

        impl From<String> for $type {
            fn from(name: String) -> Self {
                Self(name.into())
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// What a customer wants, e.g. `billing_dispute`: a label of the model in use. Cheap to clone.
    Intent
}

name! {
    /// Who should act, e.g. `frontline_agent`: a role of the policy, never a person.
    RoleId
}

impl Intent {
    /// The intent of everything that is not for this support desk.
    pub const OUT_OF_SCOPE: &str = "out_of_scope";
}
