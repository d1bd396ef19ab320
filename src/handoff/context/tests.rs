use super::super::fixtures::{Story, prediction};
use super::*;
use crate::domain::{Escalation, EscalationKind, Probability, ReasonCode, Stage};

#[test]
fn who_is_affected_comes_from_signals_then_caller_then_words() {
    let who = |story: Story| story.draft().impact.who;
    let mine = || Story::new(&[("customer", "I was charged twice")]);
    assert_eq!(who(mine()), Who::One);
    assert_eq!(who(mine().signal(SignalKind::TeamAffected, 0)), Who::Team);
    assert_eq!(who(mine().signal(SignalKind::ManyAffected, 0)), Who::Many);
    for (users, want) in [(1, Who::One), (3, Who::Team), (10, Who::Many)] {
        let mut story = mine();
        story.parts.ticket.impacted_users = Some(users);
        assert_eq!(who(story), want);
    }
    let ours = || Story::new(&[("customer", "We get E403")]);
    assert_eq!(who(ours()), Who::One, "an account is one");
    assert_eq!(who(ours().tier(2)), Who::Team);
    assert_eq!(who(Story::new(&[("customer", "E403")]).tier(2)), Who::Unknown);
}

#[test]
fn work_stops_by_signal_and_slows_by_words() {
    let work = |story: Story| story.draft().impact.work;
    let story = || Story::new(&[("customer", "The page is slow")]);
    assert_eq!(work(story()), Work::Slowed);
    assert_eq!(work(story().signal(SignalKind::WorkStopped, 0)), Work::Stopped);
    assert_eq!(work(Story::new(&[("customer", "A question")])), Work::Unknown);
}

#[test]
fn hints_name_the_mood_and_the_next_attempt() {
    let mood = |label, frustration| {
        let mut story = Story::new(&[("customer", "Hm")]);
        let mut says = prediction();
        says.sentiment.label = label;
        says.sentiment.frustration = Probability::saturating(frustration);
        story.prediction = Some(says);
        story.draft().hints.mood
    };
    assert_eq!(mood(SentimentLabel::Neutral, 0.1), "calm");
    let loud = Story::new(&[("customer", "Hm")]).signal(SignalKind::Deadline, 0);
    let loud = loud.signal(SignalKind::Shouting, 0).draft().hints.mood;
    assert_eq!(loud, "unknown, shouting, under time pressure");
    assert_eq!(mood(SentimentLabel::Negative, 0.3), "unhappy");
    assert_eq!(mood(SentimentLabel::Negative, 0.5), "frustrated");
    assert_eq!(mood(SentimentLabel::Negative, 0.8), "strongly frustrated");
    let mut story = Story::new(&[("customer", "Hm")]);
    story.decision.strikes.count = 2;
    assert_eq!(story.draft().hints, Hints { mood: "unknown".to_owned(), attempt: 3 });
}

#[test]
fn a_hypothesis_is_only_what_somebody_states() {
    let story = Story::new(&[
        ("customer", "I think it's because of the update. It crashes."),
        ("agent", "Looks like a DNS issue."),
        ("customer", "ok"),
    ]);
    assert_eq!(story.draft().hypothesis.unwrap().text, "Looks like a DNS issue.");
    assert_eq!(Story::new(&[("customer", "It crashes.")]).draft().hypothesis, None);
}

#[test]
fn a_higher_tier_works_and_the_frontline_talks() {
    let owner = |tier| {
        let packet = Story::new(&[("customer", "Hm")]).tier(tier).draft();
        packet.communication_owner.unwrap().to_string()
    };
    assert_eq!(owner(1), "billing_specialist");
    assert_eq!(owner(2), "frontline_agent");
    assert_eq!(owner(4), "frontline_agent");
}

#[test]
fn missing_context_is_what_the_next_stage_needs() {
    use MissingContext as M;
    let missing = |story: Story| story.draft().missing_context;
    let bare = || Story::new(&[("customer", "It crashes.")]);
    assert_eq!(missing(bare().tier(0)), []);
    assert_eq!(missing(bare()), [M::UserId, M::SearchQueries, M::FailedSelfService]);
    let all = [M::TroubleshootingSteps, M::AccountConfiguration, M::Screenshots, M::CustomerTier];
    assert_eq!(missing(bare().tier(2)), all);
    assert_eq!(missing(bare().tier(3)).len(), 6);
    assert_eq!(missing(bare().tier(4)).len(), 3);
    let mut known = Story::new(&[(
        "customer",
        "Every time I click save on Chrome 120 I get E403 at 14:05 for 12 users.\nERROR no space",
    )]);
    known.parts.ticket.current_tier = Some(2);
    assert_eq!(missing(known.tier(3)), []);
}

#[test]
fn what_the_example_of_the_contract_lacks_is_the_configuration() {
    let mut story = Story::new(&[
        ("customer", "I was charged twice for INV-2231"),
        ("bot", "Your last invoice is paid."),
    ])
    .attach(0, "error.png");
    story.parts.messages[1].outcome = Some(crate::domain::Outcome::Failed);
    story.parts.customer.plan = Some("enterprise".to_owned());
    story.parts.ticket.current_tier = Some(1);
    story.parts.ticket.sla_minutes_left = Some(90.0);
    story.decision.escalation = Some(Escalation {
        kind: EscalationKind::Functional,
        from_tier: Some(Tier::FRONTLINE),
        to_tier: Tier::try_from(2).unwrap(),
        to_role: RoleId::from("senior_specialist"),
        triggers: vec![ReasonCode::TriggerTime],
    });
    let packet = story.draft();
    assert_eq!(packet.missing_context, [MissingContext::AccountConfiguration]);
    let file = AttachmentName { name: "error.png".to_owned(), message: 0 };
    assert_eq!(packet.attachments, [file]);
}

#[test]
fn a_case_that_stays_at_its_tier_lacks_nothing() {
    let mut story = Story::new(&[("customer", "It crashes.")]).tier(2);
    story.parts.ticket.current_tier = Some(2);
    assert_eq!(story.draft().missing_context, []);
}

#[test]
fn a_knowledge_draft_comes_at_closure_with_the_step_that_worked() {
    let turns = [
        ("customer", "The headset has no sound."),
        ("agent", "Please restart the headset."),
        ("customer", "That fixed it, thanks!"),
    ];
    let mut story = Story::new(&turns);
    assert_eq!(story.draft().knowledge_draft, None);
    story.parts.stage = Stage::Closure;
    let draft = story.draft().knowledge_draft.unwrap();
    assert_eq!(draft.problem.text, "The headset has no sound.");
    assert_eq!(draft.resolution.text, "Please restart the headset.");
    let mut unsolved = Story::new(&turns[..1]);
    unsolved.parts.stage = Stage::Closure;
    assert_eq!(unsolved.draft().knowledge_draft, None);
}
