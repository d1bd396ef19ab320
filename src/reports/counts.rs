//! What decisions of record are counted for: the sums that every metric is a quotient of.

macro_rules! counts {
    (
        decided { $($(#[doc = $said:literal])+ $first:ident),+ $(,)? }
        after { $($(#[doc = $doc:literal])+ $name:ident),+ $(,)? }
    ) => {
        /// Sums over decisions of record.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Counts {
            $($(#[doc = $said])+ pub $first: i64,)+
            $($(#[doc = $doc])+ pub $name: i64),+
        }

        impl Counts {
            /// The sums that a decision and its labels give, as the store spells them.
            pub const DECIDED: &'static [&'static str] = &[$(stringify!($first)),+];
            /// The sums of what happened after it.
            pub const AFTER: &'static [&'static str] = &[$(stringify!($name)),+];

            /// The sum of that name, to be filled in; `None` if there is none.
            pub fn named(&mut self, name: &str) -> Option<&mut i64> {
                match name {
                    $(stringify!($first) => Some(&mut self.$first),)+
                    $(stringify!($name) => Some(&mut self.$name),)+
                    _ => None,
                }
            }

            /// Takes other sums in.
            pub fn add(&mut self, other: &Self) {
                $(self.$first += other.$first;)+
                $(self.$name += other.$name;)+
            }
        }
    };
}

counts! {
    decided {
        /// Decisions of record.
        decisions,
        /// In band `auto`.
        auto,
        /// In band `suggest`.
        suggest,
        /// In band `human`.
        human,
        /// Their confidences, in millionths.
        confidence_sum,
        /// With an escalation.
        escalated,
        /// An agent has said something.
        reviewed,
        /// The last agent overrode it.
        overridden,
        /// With a label of known weight.
        labelled,
        /// Weights of these labels, in thousandths.
        label_weight,
        /// The same of those that were right.
        label_right,
        /// Squares of these weights, in thousandths.
        label_square,
        /// Weight times confidence, in millionths.
        label_confidence,
    }
    after {
        /// Handed over to a person, and not withdrawn before anybody came.
        handed,
        /// Of these, with required context missing.
        lacking,
        /// Of these, taken by a person.
        taken,
        /// Within 30 minutes.
        taken_in_time,
        /// Of those handed over, of high or critical severity.
        urgent,
        /// Of these, taken within 30 minutes.
        urgent_in_time,
        /// Seconds until they were taken, a day at most each.
        delay_s,
        /// It is known which tier solved it.
        resolved,
        /// Tier 0 did.
        deflected,
        /// The tier it was sent to did, at the first attempt.
        first_tier,
        /// Sent to people, and solved.
        staffed,
        /// Of these, by a higher tier.
        passed_on,
        /// Of these, by a lower tier.
        needless,
        /// Tier 2 or 3 did.
        expert,
        /// It is known how often it changed hands.
        assigned,
        /// It did.
        reassigned,
        /// How often, ten at most each.
        changes,
        /// It is known whether it came back.
        bounce_known,
        /// It did.
        bounced_back,
        /// It is known whether the customer had to tell it again.
        retold_known,
        /// They had to.
        retold_again,
        /// It is known whether known facts were asked for again.
        asked_known,
        /// They were.
        asked_again,
        /// It is known when it was solved.
        closed,
        /// It was opened again within 48 hours.
        reopened,
        /// With a rating.
        rated,
        /// Of 4 or 5.
        satisfied,
        /// Handed over, with a rating.
        handed_rated,
        /// Of 4 or 5.
        handed_satisfied,
        /// Handed over or escalated, and it is known whether a promised time was missed.
        sla_known,
        /// It was.
        sla_breached,
    }
}
