CREATE TABLE recorder_runs (
	run_id INTEGER NOT NULL,
	start DATETIME NOT NULL,
	"end" DATETIME,
	closed_incorrect BOOLEAN NOT NULL,
	created DATETIME NOT NULL,
	PRIMARY KEY (run_id)
);
CREATE TABLE state_attributes (
	attributes_id INTEGER NOT NULL,
	hash BIGINT,
	shared_attrs TEXT,
	PRIMARY KEY (attributes_id)
);
CREATE TABLE states (
	state_id INTEGER NOT NULL,
	entity_id CHAR(0),
	state VARCHAR(255),
	attributes CHAR(0),
	event_id SMALLINT,
	last_changed CHAR(0),
	last_changed_ts FLOAT,
	last_reported_ts FLOAT,
	last_updated CHAR(0),
	last_updated_ts FLOAT,
	old_state_id INTEGER,
	attributes_id INTEGER,
	context_id CHAR(0),
	context_user_id CHAR(0),
	context_parent_id CHAR(0),
	origin_idx SMALLINT,
	context_id_bin BLOB,
	context_user_id_bin BLOB,
	context_parent_id_bin BLOB,
	metadata_id INTEGER,
	PRIMARY KEY (state_id),
	FOREIGN KEY(old_state_id) REFERENCES states (state_id),
	FOREIGN KEY(attributes_id) REFERENCES state_attributes (attributes_id),
	FOREIGN KEY(metadata_id) REFERENCES states_meta (metadata_id)
);
CREATE TABLE states_meta (
	metadata_id INTEGER NOT NULL,
	entity_id VARCHAR(255),
	PRIMARY KEY (metadata_id)
);
CREATE TABLE statistics (
	id INTEGER NOT NULL,
	created CHAR(0),
	created_ts FLOAT,
	metadata_id INTEGER,
	start CHAR(0),
	start_ts FLOAT,
	mean FLOAT,
	mean_weight FLOAT,
	min FLOAT,
	max FLOAT,
	last_reset CHAR(0),
	last_reset_ts FLOAT,
	state FLOAT,
	sum FLOAT,
	PRIMARY KEY (id),
	FOREIGN KEY(metadata_id) REFERENCES statistics_meta (id) ON DELETE CASCADE
);
CREATE TABLE statistics_meta (
	id INTEGER NOT NULL,
	statistic_id VARCHAR(255),
	source VARCHAR(32),
	unit_of_measurement VARCHAR(255),
	unit_class VARCHAR(255),
	has_mean BOOLEAN,
	has_sum BOOLEAN,
	name VARCHAR(255),
	mean_type SMALLINT NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE statistics_short_term (
	id INTEGER NOT NULL,
	created CHAR(0),
	created_ts FLOAT,
	metadata_id INTEGER,
	start CHAR(0),
	start_ts FLOAT,
	mean FLOAT,
	mean_weight FLOAT,
	min FLOAT,
	max FLOAT,
	last_reset CHAR(0),
	last_reset_ts FLOAT,
	state FLOAT,
	sum FLOAT,
	PRIMARY KEY (id),
	FOREIGN KEY(metadata_id) REFERENCES statistics_meta (id) ON DELETE CASCADE
);
