import { runCourse } from '../freshness/course.ts';
import { obey } from '../subject.ts';

// The exporter and its cloud in virtual time.

obey({ course: runCourse });
