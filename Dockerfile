# zhengqitong as one process with everything in it; state lives in the volume /data.
#
#   docker build --tag zhengqitong .
#   docker run --detach --publish 8080:8080 --volume zhengqitong:/data --env TELOXIDE_TOKEN zhengqitong
#   docker exec CONTAINER zhengqitong doctor

FROM rust:1.95-bookworm AS builder
WORKDIR /src
COPY . .
RUN cargo build --profile dist --locked \
 && target/dist/zhengqitong check

# The model that understands other wordings; an image without it answers by words.
FROM builder AS model
ENV ZHENGQITONG_MODEL__DIR=/model ZHENGQITONG_MODEL__ENABLED=false
RUN apt-get update \
 && apt-get install --yes --no-install-recommends python3-pip \
 && mkdir -p /model \
 && (target/dist/zhengqitong model install || echo "the image will answer by words only")

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --home-dir /data zhengqitong \
 && install --directory --owner=zhengqitong --mode=0700 /data
COPY --from=builder /src/target/dist/zhengqitong /usr/local/bin/zhengqitong
# Mount an edited copy here to publish it with `zhengqitong reindex`.
COPY --from=builder /src/faq_data /srv/faq_data
COPY --from=model /model /srv/model
ENV ZHENGQITONG_FAQ_DATA=/srv/faq_data \
    ZHENGQITONG_MODEL__DIR=/srv/model \
    ZHENGQITONG_MODEL__INSTALL=manual \
    ZHENGQITONG_INDEX_DIR=/data/index \
    ZHENGQITONG_DATABASE_URL=sqlite:///data/zhengqitong.db \
    ZHENGQITONG_LOG__JSON=true
USER zhengqitong
WORKDIR /data
VOLUME /data
EXPOSE 8080
# The first start publishes the knowledge and builds the index. The image has no HTTP client; bash can speak enough of it.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && read -r line <&3 && [[ $line == *' 200 '* ]]"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["zhengqitong"]
CMD ["serve", "--listen", "0.0.0.0:8080"]
