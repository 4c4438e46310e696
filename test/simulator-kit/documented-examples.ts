/** The example responses of the API documents, letter for letter. */

/** From the document "Obtaining Service Event Logs". */
export const SERVICE_EVENTS_EXAMPLE = `{
  "service_name" : "service-07085",
  "total_count" : 9,
  "service_id" : "35de3ca9-1bca-4ae7-9cb0-914f30fa7d3e",
  "count" : 9,
  "events" : [ {
    "event_type" : "normal",
    "event_info" : "start to deploy service",
    "occur_time" : 1562597251764
  }, {
    "event_type" : "normal",
    "event_info" : "building image for model [TF 3.0.0]",
    "occur_time" : 1562597251788
  }, {
    "event_type" : "normal",
    "event_info" : "model (TF 3.0.0) build image success",
    "occur_time" : 1562597251805
  }, {
    "event_type" : "normal",
    "event_info" : "preparing environment",
    "occur_time" : 1562597255744
  }, {
    "event_type" : "normal",
    "event_info" : "[TF 3.0.0] prepare environment success",
    "occur_time" : 1562597275915
  }, {
    "event_type" : "normal",
    "event_info" : "[TF 3.0.0] schedule resource success",
    "occur_time" : 1562597275921
  }, {
    "event_type" : "normal",
    "event_info" : "[TF 3.0.0] pulling model image",
    "occur_time" : 1562597275928
  }, {
    "event_type" : "normal",
    "event_info" : "[TF 3.0.0] pull image success",
    "occur_time" : 1562597332570
  }, {
    "event_type" : "normal",
    "event_info" : "[TF 3.0.0] starting model",
    "occur_time" : 1562597332582
  } ]
}`;

/** From the document "Obtaining Service Update Logs". */
export const SERVICE_UPDATE_LOGS_EXAMPLE = `{
  "service_name" : "mnist",
  "service_id" : "195c1f2d-136d-40af-a0f3-db5717d2634a",
  "logs" : [ {
    "result" : "SUCCESS",
    "update_time" : 1574770228888,
    "config" : [ {
      "model_version" : "0.0.1",
      "specification" : "modelarts.vm.cpu.2u",
      "model_name" : "minst",
      "weight" : 100,
      "model_id" : "0e07b41b-173e-42db-8c16-8e1b44cc0d44",
      "instance_count" : 1
    } ]
  } ]
}`;

/** From the document "Obtaining the Events of a Training Job". */
export const TRAINING_JOB_EVENTS_EXAMPLE = String.raw`{
  "total" : 27,
  "limit" : 10,
  "offset" : 0,
  "order" : "desc",
  "start_time" : "2022-11-26T16:01:36+08:00",
  "end_time" : "2022-11-29T16:53:11+08:00",
  "events" : [ {
    "time" : "2022-11-26T16:03:41+08:00",
    "level" : "Error",
    "message" : "Training job failed.",
    "source" : "Job"
  }, {
    "time" : "2022-11-26T16:03:16+08:00",
    "level" : "Info",
    "message" : "[Job: modelarts-job-5bd61eea-9de2-4864-a0f7-5fae966171b5] ExecuteAction: Start to execute action TerminateJob",
    "source" : "K8S"
  }, {
    "time" : "2022-11-26T16:03:12+08:00",
    "level" : "Info",
    "message" : "[worker-0][time used: 0.296s] Upload training output(parameter name: train_url) finished.",
    "source" : "Task"
  }, {
    "time" : "2022-11-26T16:03:12+08:00",
    "level" : "Info",
    "message" : "[worker-0] Training output(parameter name: train_url) Uploading.",
    "source" : "Task"
  }, {
    "time" : "2022-11-26T16:03:11+08:00",
    "level" : "Info",
    "message" : "[worker-0] Training finished. Exit code 1.",
    "source" : "Task"
  }, {
    "time" : "2022-11-26T16:02:10+08:00",
    "level" : "Info",
    "message" : "[worker-0] training started.",
    "source" : "Task"
  }, {
    "time" : "2022-11-26T16:02:09+08:00",
    "level" : "Info",
    "message" : "Training job is running.",
    "source" : "Job"
  }, {
    "time" : "2022-11-26T16:02:06+08:00",
    "level" : "Info",
    "message" : "[Pod: modelarts-job-5bd61eea-9de2-4864-a0f7-5fae966171b5-worker-0] Started: Started container",
    "source" : "K8S"
  }, {
    "time" : "2022-11-26T16:02:06+08:00",
    "level" : "Info",
    "message" : "[Pod: modelarts-job-5bd61eea-9de2-4864-a0f7-5fae966171b5-worker-0] SuccessfulCreate: Created container",
    "source" : "K8S"
  }, {
    "time" : "2022-11-26T16:02:05+08:00",
    "level" : "Info",
    "message" : "[Pod: modelarts-job-5bd61eea-9de2-4864-a0f7-5fae966171b5-worker-0] Pulled: Successfully pulled image \"swr.cn-north-7.myhuaweicloud.com/modelarts-job-dev-image/modelarts-tool-container:1.0.0-5.3.1-b002.2\"",
    "source" : "K8s"
  } ]
}`;

/** From the document "Querying a Trace List". */
export const POOL_EVENTS_EXAMPLE = `{
  "kind" : "EventList",
  "apiVersion" : "v1",
  "metadata" : {
    "continue" : "52eddc13-cfad-42d3-aee4-92fea5813e7f"
  },
  "items" : [ {
    "kind" : "Event",
    "apiVersion" : "v1",
    "type" : "Warning",
    "firstTimestamp" : "2022-12-30T02:16:19Z",
    "lastTimestamp" : "2022-12-30T02:16:19Z",
    "count" : 1,
    "reason" : "PoolResourcesStatusChange",
    "message" : "Pool resources status changed, available/abnormal/creating/deleting count from 1/0/0/0 to 0/1/0/0, timestamp: 1672366579."
  }, {
    "kind" : "Event",
    "apiVersion" : "v1",
    "type" : "Normal",
    "firstTimestamp" : "2023-01-02T09:02:45Z",
    "lastTimestamp" : "2023-01-02T09:02:45Z",
    "count" : 1,
    "reason" : "PoolResourcesStatusChange",
    "message" : "Pool resources status changed, available/abnormal/creating/deleting count from 0/1/0/0 to 1/0/0/0, timestamp: 1672650165."
  }, {
    "kind" : "Event",
    "apiVersion" : "v1",
    "type" : "Warning",
    "firstTimestamp" : "2023-01-16T06:55:35Z",
    "lastTimestamp" : "2023-01-16T06:55:35Z",
    "count" : 1,
    "reason" : "PoolStatusChange",
    "message" : "Pool status changed, from Running to Abnormal, details: ."
  }, {
    "kind" : "Event",
    "apiVersion" : "v1",
    "type" : "Warning",
    "firstTimestamp" : "2023-01-16T06:57:51Z",
    "lastTimestamp" : "2023-01-16T06:57:51Z",
    "count" : 1,
    "reason" : "PoolResourcesStatusChange",
    "message" : "Pool resources status changed, available/abnormal/creating/deleting count from 1/0/0/0 to 0/1/0/0, timestamp: 1673852271."
  }, {
    "kind" : "Event",
    "apiVersion" : "v1",
    "type" : "Normal",
    "firstTimestamp" : "2023-01-29T02:29:04Z",
    "lastTimestamp" : "2023-01-29T02:29:04Z",
    "count" : 1,
    "reason" : "PoolStatusChange",
    "message" : "Pool status changed, from Abnormal to Running."
  } ]
}`;
