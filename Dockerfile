# The same steps as on a developer's machine: scripts/build fetches the library and compiles,
# scripts/install lays out what runs.
FROM rust:1.95.0-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-pip \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
RUN scripts/build && scripts/install /opt/baton

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home baton
COPY --from=build /opt/baton /opt/baton
WORKDIR /data
USER baton
VOLUME /data
# Inside a container the port is reachable only where it is published; publish it on loopback:
#   docker run -p 127.0.0.1:8080:8080 -v baton:/data baton
ENV BATON_LISTEN=0.0.0.0:8080 \
    BATON_EXPOSE=true \
    BATON_MODEL=/opt/baton/models/default \
    BATON_STORE=sqlite:/data/baton.db \
    BATON_LOG_FORMAT=json
EXPOSE 8080
# Asks the port above; name the same one here if you serve on another.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/baton/bin/baton"]
CMD ["serve"]
