//! The pictures in docs/dashboard, taken by `scripts/screenshots`.

use std::fs;

use crate::{
    dashboard::browser::Stage,
    process::{baton, run},
    support::root,
};

#[tokio::test]
#[ignore = "writes docs/dashboard: run scripts/screenshots"]
async fn of_every_page() {
    let place = tempfile::tempdir().unwrap();
    let (told, _, errors) =
        run(baton(place.path()).args(["demo", "--store", "sqlite:baton.db"]), "");
    assert!(told, "{errors}");
    let Some(stage) = Stage::on(place).await else { return };
    let folder = root().join("docs/dashboard");
    fs::create_dir_all(&folder).unwrap();
    let decision = format!("/decisions/{}", stage.decisions[0]);
    for (name, path, scheme, width) in [
        ("overview", "/", "light", 1280),
        ("decisions", "/decisions", "light", 1280),
        ("decision", &decision, "light", 1280),
        ("decision-dark", &decision, "dark", 1280),
        ("decision-phone", &decision, "light", 390),
        ("calibration", "/calibration", "light", 1280),
        ("drift", "/drift", "light", 1280),
        ("handoffs", "/handoffs", "light", 1280),
        ("policy", "/policy", "light", 1280),
        ("policy-edit", "/policy/edit", "light", 1280),
        ("model", "/model", "light", 1280),
        ("try", "/try", "light", 1280),
    ] {
        stage.screen(scheme, width).await;
        stage.open(path).await;
        if path == "/try" {
            stage.until("document.querySelector('#result .why')").await;
        }
        let picture = stage.client.screenshot().await.unwrap();
        fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }
}
