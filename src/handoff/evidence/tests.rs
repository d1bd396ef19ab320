use super::super::fixtures::Story;
use super::MAX_ITEMS;
use crate::domain::EvidenceKind;

fn found(text: &str) -> Vec<(&'static str, String)> {
    let packet = Story::new(&[("customer", text)]).draft();
    packet.evidence.into_iter().map(|item| (item.kind.as_str(), item.value)).collect()
}

/// Every row must find exactly these, in this order.
fn check(rows: &[(&str, &[(&str, &str)])]) {
    for (text, want) in rows {
        let got = found(text);
        let got: Vec<_> = got.iter().map(|(kind, value)| (*kind, value.as_str())).collect();
        assert_eq!(got, *want, "{text}");
    }
}

#[test]
fn order_invoice_ticket_and_other_numbers_are_named_by_prefix_or_word() {
    check(&[
        ("Charged twice for INV-2231", &[("invoice", "INV-2231")]),
        ("My order #W4923227 is late", &[("order", "#W4923227")]),
        ("order number: 113-4567890-1234567.", &[("order", "113-4567890-1234567")]),
        ("Orders 881234 and 881235 are late", &[("order", "881234"), ("order", "881235")]),
        ("See ticket #4411, please", &[("ticket", "#4411")]),
        ("case no. 00921", &[("ticket", "00921")]),
        ("Tracking number 1Z999AA10123456784", &[("tracking", "1Z999AA10123456784")]),
        ("the car with plate WH-CS 2204", &[("reference", "WH-CS 2204")]),
        ("Account ID AC-77812", &[("reference", "AC-77812")]),
        ("my reservation 8JX8SI", &[("reference", "8JX8SI")]),
        ("user id isabella_lopez_6490", &[("reference", "isabella_lopez_6490")]),
        (
            "device 4f9a2c11-0b7e-4c55-9a3b-77d0e2f1a6b4",
            &[("reference", "4f9a2c11-0b7e-4c55-9a3b-77d0e2f1a6b4")],
        ),
        ("We ordered 12 chairs and 3 tables in UTF-8", &[]),
    ]);
}

#[test]
fn amounts_have_a_currency_before_or_after() {
    check(&[
        ("I paid $1,299.50.", &[("amount", "$1,299.50")]),
        ("that is 49,99 € too much", &[("amount", "49,99 €")]),
        ("USD 300 or 250 EUR", &[("amount", "USD 300"), ("amount", "250 EUR")]),
        (
            "They took £20, 5 dollars and 300€",
            &[("amount", "£20"), ("amount", "5 dollars"), ("amount", "300€")],
        ),
        ("I was charged 59.90 again", &[("amount", "59.90")]),
    ]);
}

#[test]
fn codes_statuses_and_exceptions_are_found() {
    check(&[
        ("It shows E403 now", &[("error_code", "E403")]),
        (
            "It ends in PLAN_LIMIT_EXCEEDED (max 250, got 610) each time",
            &[("error_code", "PLAN_LIMIT_EXCEEDED (max 250, got 610)")],
        ),
        ("encoder not found, reason 0x2B", &[("error_code", "0x2B")]),
        ("The console says 503 backend pool empty.", &[("http_status", "503 backend pool empty")]),
        ("the map says rev 88 now", &[("version", "rev 88")]),
        (
            "ERR_CONNECTION_RESET and 0x80070005",
            &[("error_code", "ERR_CONNECTION_RESET"), ("error_code", "0x80070005")],
        ),
        (
            "ORA-00942, SQLSTATE[42S02], ECONNREFUSED",
            &[
                ("error_code", "ORA-00942"),
                ("error_code", "SQLSTATE[42S02]"),
                ("error_code", "ECONNREFUSED"),
            ],
        ),
        ("error code 1603", &[("error_code", "error code 1603")]),
        ("We get a 502 on login", &[("error_code", "502")]),
        ("500 errors all day", &[("error_code", "500")]),
        (
            "HTTP/1.1 503 Service Unavailable",
            &[("http_status", "HTTP/1.1 503 Service Unavailable")],
        ),
        ("a 502 Bad Gateway.", &[("http_status", "502 Bad Gateway")]),
        ("java.lang.NullPointerException here", &[("exception", "java.lang.NullPointerException")]),
        ("TypeError again", &[("exception", "TypeError")]),
        ("Error. We got 500 users", &[]),
    ]);
}

#[test]
fn quoted_words_are_messages_or_settings() {
    check(&[
        (r#"It says "Access denied" again"#, &[("error_message", "Access denied")]),
        (
            "I see “Payment could not be processed”.",
            &[("error_message", "Payment could not be processed")],
        ),
        ("‘Allow guest access’ is on", &[("setting", "Allow guest access")]),
        ("I set `max_connections` to 5 and it's slow, isn't it", &[("setting", "max_connections")]),
        ("Error: disk quota exceeded. Help", &[("error_message", "disk quota exceeded")]),
        ("the page says Session expired when I click", &[("error_message", "Session expired")]),
        (
            r#"error "E1001: token expired""#,
            &[("error_message", "E1001: token expired"), ("error_code", "E1001")],
        ),
        ("timeout=30 and RETRY_LIMIT", &[("setting", "timeout=30"), ("setting", "RETRY_LIMIT")]),
    ]);
}

#[test]
fn addresses_win_over_their_parts() {
    check(&[
        (
            "See https://a.example.com/v1/x?order=4411 (now).",
            &[("url", "https://a.example.com/v1/x?order=4411")],
        ),
        ("(https://en.example.org/wiki/A_(b))", &[("url", "https://en.example.org/wiki/A_(b)")]),
        ("go to status.acme.io/login.", &[("url", "status.acme.io/login")]),
        ("mail jo.doe+x@mail.example.com!", &[("email", "jo.doe+x@mail.example.com")]),
        ("schreib müller@example.de", &[("email", "müller@example.de")]),
        (
            "ping 10.0.0.12:8443 and fe80::1ff:fe23:4567:890a",
            &[("ip_address", "10.0.0.12:8443"), ("ip_address", "fe80::1ff:fe23:4567:890a")],
        ),
    ]);
}

#[test]
fn phones_versions_paths_and_times_are_told_apart() {
    check(&[
        (
            "call +49 30 1234567 or (555) 123-4567",
            &[("phone", "+49 30 1234567"), ("phone", "(555) 123-4567")],
        ),
        (
            "v2.3.1 and version 7 on iOS 17.2",
            &[("version", "v2.3.1"), ("version", "version 7"), ("version", "iOS 17.2")],
        ),
        ("since 14.2 it takes 2.5 hours", &[("version", "14.2")]),
        ("build 10.0.19045.3803", &[("version", "build 10.0.19045.3803")]),
        (
            r"C:\Temp\app.log and /var/log/app.log",
            &[("path", r"C:\Temp\app.log"), ("path", "/var/log/app.log")],
        ),
        ("report-final.xlsx and/or text", &[("path", "report-final.xlsx")]),
        (
            "on 2026-11-20T10:00:00Z, 3 May and 14:05 UTC, 9 am",
            &[
                ("time", "2026-11-20T10:00:00Z"),
                ("time", "3 May"),
                ("time", "14:05 UTC"),
                ("time", "9 am"),
            ],
        ),
        ("on 20.11.2026", &[("time", "20.11.2026")]),
    ]);
}

#[test]
fn a_log_gives_what_broke_once_and_else_how_it_began() {
    let mut log = String::from("INFO starting\n");
    log.extend((0..20).map(|line| format!("INFO step {line}\n")));
    log +=
        "ERROR java.lang.IllegalStateException: pool closed\n    at com.acme.Pool.get(P.java:7)\n";
    let found = found(&log);
    let lines: Vec<_> = found.iter().filter(|row| row.0 == "log_line").collect();
    assert!(lines.len() <= 8, "{found:?}");
    assert_eq!(lines[0].1, "INFO starting");
    assert!(lines.iter().any(|row| row.1.starts_with("ERROR java.lang")), "{found:?}");
    let exception = ("exception", "java.lang.IllegalStateException".to_owned());
    assert!(found.contains(&exception), "{found:?}");
}

#[test]
fn quoted_mail_signature_and_subject_count_once() {
    let text = "Any news?\n> Your order 881234 ships soon\n--\nJo, jo@example.com, +1 555 010 9999";
    let story = Story::new(&[("customer", text), ("agent", "Is it jo@example.com?")]);
    let packet = story.subject("Order 881234 and INV-9001").draft();
    let values: Vec<_> = packet.evidence.iter().map(|item| item.value.as_str()).collect();
    assert_eq!(values, ["881234", "INV-9001", "jo@example.com", "+1 555 010 9999"]);
    assert_eq!(packet.evidence[0].source.message, None);
    assert_eq!(packet.evidence[2].source.message, Some(0));
}

#[test]
fn every_speaker_counts() {
    let story = Story::new(&[
        ("system", "Ticket #7001 opened"),
        ("customer", "Hello"),
        ("bot", "Your order 881234 is paid"),
        ("agent", "I see E403"),
    ]);
    let packet = story.draft();
    let values: Vec<_> = packet.evidence.iter().map(|item| item.value.as_str()).collect();
    assert_eq!(values, ["E403", "881234", "#7001"]);
}

#[test]
fn too_much_evidence_drops_log_lines_and_times_before_identifiers() {
    let line = |index: i32| {
        format!("Order ORD-{} at {:02}:{:02}:07.\n", 10_000 + index, index / 60, index % 60)
    };
    let mut text: String = (0..150).map(line).collect();
    text += "ERROR out of paper";
    let found = found(&text);
    assert_eq!(found.len(), MAX_ITEMS);
    let orders = found.iter().filter(|row| row.0 == EvidenceKind::Order.as_str()).count();
    assert_eq!(orders, 150);
    assert!(!found.iter().any(|row| row.0 == "log_line"));
}

#[test]
fn formats_of_many_trades_are_found() {
    check(&[
        ("account 5540 1187 22 is shut", &[("reference", "5540 1187 22")]),
        ("our ref DK/4471", &[("reference", "DK/4471")]),
        ("Region eu-west-2 is slow", &[("reference", "eu-west-2")]),
        ("My flight NV 2286 was cancelled", &[("reference", "NV 2286")]),
        ("the statement says NMB*CREATORPRO", &[("reference", "NMB*CREATORPRO")]),
        ("they cost 24.99 each, charged twice", &[("amount", "24.99")]),
        ("un virement de 2 400 EUR", &[("amount", "2 400 EUR")]),
        ("it takes 9.25 s to load the invoice", &[]),
        ("Gateway 6.2 hangs", &[("version", "Gateway 6.2")]),
        ("api returns 401 invalid_token", &[("http_status", "401 invalid_token")]),
    ]);
}

#[test]
fn codes_of_any_house_are_found_by_their_look() {
    check(&[
        ("My meter 4471-B reads zero", &[("reference", "4471-B")]),
        ("commit 9f3ac21 broke it", &[("reference", "9f3ac21")]),
        ("tenant acme-eu is down", &[("setting", "acme-eu")]),
        ("workspace quarry-ops-14 is locked", &[("setting", "quarry-ops-14")]),
        ("move regio-prod over", &[("setting", "regio-prod")]),
        ("batch L2024-118/B", &[("reference", "L2024-118/B")]),
        ("policy number is AB/1192/77-C", &[("reference", "AB/1192/77-C")]),
        ("use voucher SPRING25", &[("reference", "SPRING25")]),
        ("nobody at gate B12", &[("reference", "B12")]),
        ("the surcharge FSC-ADJ again", &[("reference", "FSC-ADJ")]),
        ("Container PLNU 440127-3 is held", &[("reference", "PLNU 440127-3")]),
        ("the run. 58120", &[("reference", "58120")]),
        ("we use hdr_line2.rpt", &[("path", "hdr_line2.rpt")]),
        ("it is urn:example:imaging:prd.", &[("url", "urn:example:imaging:prd")]),
        (
            "screens say Session broker unavailable, code KB-77",
            &[("error_message", "Session broker unavailable"), ("error_code", "KB-77")],
        ),
        ("with --no-cache set", &[("setting", "--no-cache")]),
        ("see Q3_close_final for it", &[("setting", "Q3_close_final")]),
    ]);
}

#[test]
fn counts_and_words_with_hyphens_are_no_codes() {
    for text in [
        "We got 4200 users and 58120 rows",
        "20 people in 3 offices waited 45 minutes",
        "the user-friendly set-up of a server side-by-side",
        "STOP CHARGING ME-NOW PLEASE",
        "She said I must pay about 5000",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}
