//! From the embedded database to the server and back; backups; what is refused.

use crate::support::installation::Installation;
use crate::support::postgres;

const QUESTION: &str = "简易注销公示要多少天";

#[tokio::test(flavor = "multi_thread")]
async fn an_office_outgrows_its_file_and_moves_to_a_server() {
    let office = Installation::new();
    office.run(&["commissioner", "list"]).succeeds();
    let talk = format!("{QUESTION}\n找专员\n确认\n");
    office.run_with_input(&["chat"], &talk).succeeds().says(&["已派给服务企业专员"]);
    let tickets = office.run(&["ticket", "list"]).succeeds().stdout;
    let (file, server) = (office.database_url(), postgres::new_database().await);

    let serving = office.serve();
    office.run(&["store", "copy", &file, &server]).ends_with(1).complains(&["正在使用", "请先停止服务"]);
    serving.stop();
    let copied = office.run(&["store", "copy", &file, &server]).succeeds();
    copied.says(&["ticket_event", "逐表核对一致", "postgres://127.0.0.1:"]);
    office.run(&["store", "copy", &file, &server]).ends_with(1).complains(&["不是空的"]);
    office.run(&["store", "copy", &file, &file]).ends_with(2).complains(&["同一个数据库"]);

    let moved = Installation::bare().over(&server);
    assert_eq!(moved.run(&["ticket", "list"]).succeeds().stdout, tickets);
    moved.run_with_input(&["chat"], &format!("{QUESTION}\n")).succeeds().says(&["简易注销公示"]);
    let back = format!("sqlite://{}", moved.path().join("back.db").display());
    moved.run(&["store", "copy", &server, &back]).succeeds().says(&["逐表核对一致"]);
    moved.run(&["--database-url", &back, "ticket", "list"]).succeeds().says(&[tickets.trim()]);
    moved.run(&["store", "backup", "x.db"]).ends_with(2).complains(&["pg_dump"]);
}

#[test]
fn a_backup_is_made_beside_the_service_and_put_back_without_it() {
    let office = Installation::new();
    let serving = office.serve();
    office.run(&["store", "backup", "monday.db"]).succeeds().says(&["已备份到 monday.db", "检查完好"]);
    office.run(&["store", "backup", "monday.db"]).ends_with(2).complains(&["已存在"]);
    office.run_with_input(&["chat"], &format!("{QUESTION}\n找专员\n确认\n")).succeeds().says(&["已派给服务企业专员"]);
    office.run(&["store", "restore", "monday.db"]).ends_with(1).complains(&["正在使用", "请先停止服务"]);
    serving.stop();
    office.file("notes.db", "not a database");
    office.run(&["store", "restore", "notes.db"]).ends_with(1).complains(&["不是政企通的备份", "数据库没有改动"]);
    office.run(&["store", "restore", "monday.db"]).succeeds().says(&["原来的数据库保留在", "before-"]);
    office.run(&["ticket", "list"]).succeeds().says(&["没有符合条件的工单"]);
    office.run(&["migrate"]).succeeds().says(&["已是最新"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_brought_up_to_date_by_a_command_and_no_password_is_said() {
    let server = postgres::new_database().await.replace("tester@", "tester:geheim@");
    let office = Installation::bare().over(&server);
    office.run(&["migrate", "--check"]).ends_with(1).says(&["需要升级", "1、2"]);
    let migrated = office.run(&["migrate"]).succeeds();
    assert!(migrated.stdout.contains("已升级") && !migrated.stdout.contains("geheim"), "{}", migrated.stdout);
    office.run(&["migrate", "--check"]).succeeds().says(&["已是最新"]);
    let doctor = office.run(&["doctor"]);
    assert!(doctor.stdout.contains("PostgreSQL") && !doctor.stdout.contains("geheim"), "{}", doctor.stdout);
    let wrong = Installation::bare().over(&format!("{server}_missing"));
    for command in [&["ticket", "list"][..], &["doctor"], &["migrate"], &["serve"]] {
        let failed = wrong.run(command);
        assert_ne!(failed.code, 0, "{command:?}");
        let said = format!("{}{}", failed.stdout, failed.stderr);
        assert!(said.contains("数据库") && !said.contains("geheim"), "{said}");
    }
}
