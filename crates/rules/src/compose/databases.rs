//! Which services are databases, by their images: what holds data that nobody else should reach.

use plimsoll_compose::Service;

use super::edits::New;
use super::images::image;

/// A kind of database.
#[derive(Debug)]
pub(crate) struct Database {
    /// What people call it.
    pub(crate) name: &'static str,
    /// The last parts of its images' names.
    images: &'static [&'static str],
    /// Where its image keeps the data; the first is the one to mount.
    pub(crate) data: &'static [&'static str],
    /// The port it listens on.
    pub(crate) port: u16,
    /// Whether the data is gone for good when the container is: a cache's is not missed.
    pub(crate) keeps: bool,
    /// A test of its health.
    pub(crate) health: &'static str,
}

impl Database {
    /// A healthcheck for a service that runs it. None where its image may lack the program, or the program needs to
    /// log in.
    pub(crate) fn healthcheck(&self, service: &Service) -> Option<New> {
        let major = image(service).and_then(|i| i.tag()?.split(['.', '-']).next()?.parse::<u32>().ok());
        let test = match self.name {
            "PostgreSQL" if !service.environment.iter().any(|v| v.key == "POSTGRES_USER") => "pg_isready",
            "MongoDB" if major.is_some_and(|m| m < 5) => return None,
            "InfluxDB" if major != Some(2) => return None,
            "Memcached" | "Elasticsearch" | "OpenSearch" | "SQL Server" | "Cassandra" => return None,
            _ => self.health,
        };
        Some(New::map([
            ("test", New::Inline(vec!["CMD-SHELL".to_owned(), test.to_owned()])),
            ("interval", New::text("10s")),
            ("timeout", New::text("5s")),
            ("retries", New::text("5")),
        ]))
    }
}

const DATABASES: &[Database] = &[
    Database {
        name: "PostgreSQL",
        images: &[
            "postgres",
            "postgresql",
            "postgis",
            "timescaledb",
            "timescaledb-ha",
            "pgvector",
            "pgvecto-rs",
            "supabase-postgres",
        ],
        data: &[
            "/var/lib/postgresql/data",
            "/var/lib/postgresql",
            "/bitnami/postgresql",
            "/home/postgres/pgdata",
        ],
        port: 5432,
        keeps: true,
        health: "pg_isready --username \"$$POSTGRES_USER\"",
    },
    Database {
        name: "MySQL",
        images: &["mysql", "mysql-server", "percona", "percona-server"],
        data: &["/var/lib/mysql", "/bitnami/mysql/data", "/bitnami/mysql"],
        port: 3306,
        keeps: true,
        health: "mysqladmin ping --host 127.0.0.1",
    },
    Database {
        name: "MariaDB",
        images: &["mariadb"],
        data: &["/var/lib/mysql", "/bitnami/mariadb", "/config"],
        port: 3306,
        keeps: true,
        health: "healthcheck.sh --connect --innodb_initialized",
    },
    Database {
        name: "MongoDB",
        images: &["mongo", "mongodb", "mongodb-community-server"],
        data: &["/data/db", "/bitnami/mongodb"],
        port: 27017,
        keeps: true,
        health: "mongosh --quiet --eval 'db.adminCommand(\"ping\")'",
    },
    Database {
        name: "Redis",
        images: &["redis", "redis-stack", "redis-stack-server"],
        data: &["/data", "/bitnami/redis/data"],
        port: 6379,
        keeps: false,
        health: "redis-cli ping",
    },
    Database {
        name: "Valkey",
        images: &["valkey"],
        data: &["/data"],
        port: 6379,
        keeps: false,
        health: "valkey-cli ping",
    },
    Database {
        name: "Memcached",
        images: &["memcached"],
        data: &[],
        port: 11211,
        keeps: false,
        health: "nc -z 127.0.0.1 11211",
    },
    Database {
        name: "Elasticsearch",
        images: &["elasticsearch"],
        data: &["/usr/share/elasticsearch/data", "/bitnami/elasticsearch/data"],
        port: 9200,
        keeps: true,
        health: "curl --fail http://127.0.0.1:9200/_cluster/health",
    },
    Database {
        name: "OpenSearch",
        images: &["opensearch"],
        data: &["/usr/share/opensearch/data"],
        port: 9200,
        keeps: true,
        health: "curl --fail http://127.0.0.1:9200/_cluster/health",
    },
    Database {
        name: "RabbitMQ",
        images: &["rabbitmq"],
        data: &["/var/lib/rabbitmq", "/var/lib/rabbitmq/mnesia", "/bitnami/rabbitmq/mnesia"],
        port: 5672,
        keeps: false,
        health: "rabbitmq-diagnostics --quiet ping",
    },
    Database {
        name: "CouchDB",
        images: &["couchdb"],
        data: &["/opt/couchdb/data"],
        port: 5984,
        keeps: true,
        health: "curl --fail http://127.0.0.1:5984/_up",
    },
    Database {
        name: "Cassandra",
        images: &["cassandra", "scylla"],
        data: &["/var/lib/cassandra", "/var/lib/scylla"],
        port: 9042,
        keeps: true,
        health: "cqlsh --execute 'describe cluster'",
    },
    Database {
        name: "ClickHouse",
        images: &["clickhouse", "clickhouse-server"],
        data: &["/var/lib/clickhouse"],
        port: 8123,
        keeps: true,
        health: "wget --spider --quiet http://127.0.0.1:8123/ping",
    },
    Database {
        name: "InfluxDB",
        images: &["influxdb"],
        data: &["/var/lib/influxdb2", "/var/lib/influxdb", "/var/lib/influxdb3"],
        port: 8086,
        keeps: true,
        health: "influx ping",
    },
    Database {
        name: "Neo4j",
        images: &["neo4j"],
        data: &["/data"],
        port: 7687,
        keeps: true,
        health: "wget --spider --quiet http://127.0.0.1:7474",
    },
    Database {
        name: "SQL Server",
        images: &["server", "mssql-server", "azure-sql-edge"],
        data: &["/var/opt/mssql", "/var/opt/mssql/data"],
        port: 1433,
        keeps: true,
        health: "/opt/mssql-tools18/bin/sqlcmd -C -Q 'SELECT 1'",
    },
    Database {
        name: "CockroachDB",
        images: &["cockroach"],
        data: &["/cockroach/cockroach-data"],
        port: 26257,
        keeps: true,
        health: "curl --fail http://127.0.0.1:8080/health?ready=1",
    },
];

/// The database that a service runs, by its image's name.
pub(crate) fn database(service: &Service) -> Option<&'static Database> {
    let image = image(service).map(|image| image.repository()).or_else(|| {
        // The tag may come from a variable; the name tells enough.
        let text = service.image.as_ref()?.value.as_str();
        let name = text.split(['@', '$']).next()?.trim_end_matches(':');
        (!name.is_empty()).then(|| name.to_owned())
    })?;
    let (path, last) = image.rsplit_once('/').unwrap_or(("", &image));
    let last = last.split(':').next().unwrap_or(last);
    let found = DATABASES.iter().find(|d| d.images.contains(&last))?;
    // Microsoft calls its image `mssql/server`.
    (last != "server" || path.ends_with("mssql")).then_some(found)
}
