module ingenium.example/speed

go 1.21

require (
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.2
	ingenium.example/events v0.0.0
)

require golang.org/x/text v0.14.0 // indirect

replace ingenium.example/events => ../../../generated/go
