//! Web addresses: pages of administrations come in, machines inside stay closed.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use encoding_rs::GB18030;
use tokio::net::TcpListener;
use zhengqitong::exchange::{FetchError, FetchRules, fetch};

use crate::support::installation::Installation;

const PAGE: &str = "<html><head><meta charset=\"gb2312\"><title>示例办法_示例网站</title></head><body><nav>菜单</nav>\
    <div class=\"TRS_Editor\"><p>发布机构：示例局</p><p>第一条 镕基冇㐀这几个字只有GB18030里才有，写在这里是为了看编码对不对。</p></div></body></html>";

/// A website on this machine; it lives as long as the test.
async fn website() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let redirect = |to: String| get(move || async move { (StatusCode::FOUND, [(LOCATION, to)]) });
    let page = || async { ([(CONTENT_TYPE, "text/html")], GB18030.encode(PAGE).0.into_owned()) };
    let app = Router::new()
        .route("/page.html", get(page))
        .route("/moved", redirect("/moved-again".to_owned()))
        .route("/moved-again", redirect("page.html".to_owned()))
        .route("/loop", redirect("/loop".to_owned()))
        .route("/elsewhere", redirect(format!("http://localhost:{}/page.html", address.port())))
        .route("/metadata", redirect("http://169.254.169.254/latest/meta-data/".to_owned()))
        .route("/file", redirect("file:///etc/passwd".to_owned()))
        .route("/large", get(|| async { ([(CONTENT_TYPE, "text/html")], vec![b'x'; 5 << 20]) }))
        .route("/packed", get(|| async { ([(CONTENT_ENCODING, "gzip"), (CONTENT_TYPE, "text/html")], "x") }))
        .route("/picture", get(|| async { ([(CONTENT_TYPE, "image/png")], "x") }))
        .route("/slow", get(|| async { std::future::pending::<HeaderMap>().await }))
        .route(
            "/rows.csv",
            get(|| async {
                ([(CONTENT_TYPE, "text/csv; charset=utf-8")], "编号,标题\ntax/from-web,来自网页\n")
            }),
        );
    #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_website_comes_in_with_its_source() {
    let address = website().await;
    let installation = Installation::bare().own_knowledge();
    let url = format!("http://{address}/moved");
    let refused = installation.run(&["topic", "import", &url, "--category", "tax"]).ends_with(1);
    refused.complains(&["127.0.0.1 是内网或本机地址", "--allow-private"]);
    let args = ["topic", "import", &url, "--topic", "tax/vat-small-scale", "--allow-private", "--name", "shi-li"];
    let known = installation.knowledge("topics/tax");
    let topic = std::fs::read_dir(known).unwrap().next().unwrap().unwrap().file_name().into_string().unwrap();
    let topic = format!("tax/{}", topic.trim_end_matches(".yaml"));
    let args = args.map(|arg| if arg.starts_with("tax/") { topic.as_str() } else { arg });
    installation.run(&args).succeeds().says(&["文档 tax/shi-li：2 段"]);
    let text = std::fs::read_to_string(installation.knowledge("documents/tax/shi-li.md")).unwrap();
    for part in ["title: 示例办法\n", "issuer: 示例局\n", &format!("source: http://{address}/page.html\n"), "镕基冇㐀"]
    {
        assert!(text.contains(part), "no {part} in:\n{text}");
    }
    assert!(!text.contains("菜单"), "{text}");
    let sheet = format!("http://{address}/rows.csv");
    installation.run(&["topic", "import", &sheet, "--allow-private"]).succeeds().says(&["草稿 tax/from-web"]);
}

fn rules(allow_private: bool) -> FetchRules {
    FetchRules { allow_private, max_bytes: 1 << 20, timeout: Duration::from_millis(1_500) }
}

/// What becomes of an address that a trusting administrator gives.
async fn trusted(address: SocketAddr, path: &str) -> Result<(), FetchError> {
    fetch(&format!("http://{address}{path}"), rules(true)).await.map(|_| ())
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_inside_are_refused_however_they_are_written() {
    let address = website().await;
    let port = address.port();
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "2130706433",
        "0x7f.1",
        "0",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
        "169.254.169.254",
    ] {
        let result = fetch(&format!("http://{host}:{port}/page.html"), rules(false)).await;
        assert!(matches!(result, Err(FetchError::Private { .. })), "{host}: {result:?}");
    }
    for other in [
        "file:///etc/passwd",
        "ftp://example.com/",
        "http://user:secret@example.com/",
        "gopher://x",
        "http://",
        "C://x",
    ] {
        let result = fetch(other, rules(true)).await;
        assert!(matches!(result, Err(FetchError::NotWeb(_))), "{other}: {result:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_does_not_lead_to_another_machine_inside() {
    let address = website().await;
    assert!(trusted(address, "/moved").await.is_ok());
    for path in ["/elsewhere", "/metadata"] {
        let result = trusted(address, path).await;
        assert!(matches!(result, Err(FetchError::Private { .. })), "{path}: {result:?}");
    }
    assert!(matches!(trusted(address, "/file").await, Err(FetchError::NotWeb(_))));
    assert!(matches!(trusted(address, "/loop").await, Err(FetchError::TooManyRedirects)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_website_that_sends_too_much_or_too_slowly_is_given_up() {
    let address = website().await;
    assert!(matches!(trusted(address, "/large").await, Err(FetchError::TooLarge { .. })));
    assert!(matches!(trusted(address, "/packed").await, Err(FetchError::Encoded)));
    assert!(matches!(trusted(address, "/nothing").await, Err(FetchError::Status(status)) if status == 404));
    assert!(matches!(trusted(address, "/slow").await, Err(FetchError::Slow { .. })));
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert!(matches!(trusted(closed, "/").await, Err(FetchError::Unreachable { .. })));
    let installation = Installation::bare();
    let picture = format!("http://{address}/picture");
    installation.run(&["topic", "import", &picture, "--allow-private"]).ends_with(2).complains(&["不能导入"]);
}
