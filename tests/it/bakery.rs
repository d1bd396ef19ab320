//! What customers of a bakery write: three subjects, each in four words and four manners.

pub const CAKES: [&str; 4] =
    ["the birthday cake", "a wedding cake", "the cream cake", "layer cakes"];
pub const HOURS: [&str; 4] =
    ["opening hours", "when you open", "whether you close early", "holidays"];
pub const ALLERGIES: [&str; 4] =
    ["nuts in the bread", "gluten", "my milk allergy", "allergens in the rolls"];

const MANNERS: [&str; 4] =
    ["I want to ask about {}.", "Hello, {} please", "Tell me more on {}, thanks", "{}???"];

/// The sixteen texts about a subject.
pub fn texts(things: [&str; 4]) -> Vec<String> {
    things.iter().flat_map(|thing| MANNERS.map(|say| say.replace("{}", thing))).collect()
}
