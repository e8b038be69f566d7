const GIVEN = null /* what the service fills in */;
